"""Making the room of the next paper: a config that is valid, a room that computes nothing yet and says so.

``names``      which keys, figures and claims can be made, each refusal in one line
``skeleton``   the files of a new paper from the templates beside it
``door``       the command: check, write all or nothing, say what comes next
"""
